/* input — what a connection sends: from pieces to a whole message, checked, counted, and done.
 *
 * Shape:    one entry a piece.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 */
#ifndef CHAT_INPUT_H
#define CHAT_INPUT_H

#include "conn.h"

/* Take a piece of a message. Whatever is wrong with it is answered here, at worst by closing the
 * connection. is_binary: the message is no text. */
void input_piece(struct conn *conn, const struct rx_piece *piece, bool is_binary);

#endif
