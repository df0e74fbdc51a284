/* notify — tell the service manager that lwshost serves, as sd_notify(3) describes.
 *
 * Shape:    one datagram to a unix socket.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_NOTIFY_H
#define LWSHOST_NOTIFY_H

/* Send `state` ("READY=1") to `address`, what the environment has as NOTIFY_SOCKET: an absolute
 * path, or "@" and an abstract name. NULL or "": nobody wants to know. Never waits.
 * Returns 0 when it is sent or nobody wants to know, -1 with errno set otherwise. */
int notify_send(const char *address, const char *state);

#endif
