#include "preflight.h"

#include "log_file.h"
#include "tls_check.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE_BYTES 512
#define LOG_PATH_BYTES 4097

static int complain(const struct conf_place *place, const char *member, const char *subject,
                    const char *reason, const struct log *log)
{
    char text[PLACE_BYTES];

    conf_place_print(place, member, text, sizeof(text));
    log_error(log, "%s: %s: %s", text, subject, reason);
    return -1;
}

/* A log that can't be opened would be found out too late, at SIGHUP. */
static int check_log(const struct conf_place *place, const char *member, const char *path,
                     const struct log *log)
{
    char folder[LOG_PATH_BYTES];
    struct stat about;
    char *slash;

    if (!path || strcmp(path, LOG_FILE_STDERR) == 0)
        return 0;
    if (stat(path, &about) == 0)
        return S_ISDIR(about.st_mode) ? complain(place, member, path, strerror(EISDIR), log)
               : access(path, W_OK)   ? complain(place, member, path, strerror(errno), log)
                                      : 0;
    snprintf(folder, sizeof(folder), "%s", path);
    slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    if (access(slash ? folder : ".", W_OK | X_OK))
        return complain(place, member, path, strerror(errno), log);
    return 0;
}

int preflight_global(const struct conf *conf, const struct log *log)
{
    const struct conf_global *global = &conf->global;
    int result = check_log(&global->log_place, "event-log", global->event_log, log);

    if (global->username && !getpwnam(global->username))
        result = complain(&global->user_place, "username", global->username, "no such user", log);
    if (global->groupname && !getgrnam(global->groupname))
        result =
            complain(&global->user_place, "groupname", global->groupname, "no such group", log);
    return result;
}

static int check_folder(const struct conf_mount *mount, const struct log *log)
{
    struct stat about;

    if (mount->scheme != CONF_SCHEME_FILE)
        return 0;
    if (stat(mount->origin, &about))
        return complain(&mount->place, "origin", mount->origin, strerror(errno), log);
    if (!S_ISDIR(about.st_mode))
        return complain(&mount->place, "origin", mount->origin, "not a folder", log);
    return 0;
}

static int check_file(const struct conf_place *place, const char *member, const char *file,
                      const struct log *log)
{
    int fd;

    if (!file)
        return 0;
    fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return complain(place, member, file, strerror(errno), log);
    close(fd);
    return 0;
}

static int check_pair(const struct conf_place *place, const char *prefix,
                      const struct conf_tls *tls, const struct log *log)
{
    struct problem problem = {0};
    char member[sizeof(problem.path) + 16];

    if (!tls->cert || !tls->key || tls_check_pair(tls->cert, tls->key, &problem) == 0)
        return 0;
    snprintf(member, sizeof(member), "%s-ssl-%s", prefix, problem.path);
    return complain(place, member, problem.path[0] == 'k' ? tls->key : tls->cert, problem.text,
                    log);
}

static int check_server_tls(const struct conf_vhost *vhost, const struct log *log)
{
    const struct conf_tls *tls = &vhost->server_tls;

    if (vhost->ignore_missing_cert)
        return 0;
    if (check_file(&vhost->place, "host-ssl-cert", tls->cert, log) |
        check_file(&vhost->place, "host-ssl-key", tls->key, log) |
        check_file(&vhost->place, "host-ssl-ca", tls->ca, log))
        return -1;
    return check_pair(&vhost->place, "host", tls, log);
}

int preflight_vhost(const struct conf_vhost *vhost, const struct log *log)
{
    const struct conf_tls *client = &vhost->client_tls;
    int result = check_server_tls(vhost, log), missing;
    size_t n;

    missing = check_file(&vhost->place, "client-ssl-cert", client->cert, log) |
              check_file(&vhost->place, "client-ssl-key", client->key, log) |
              check_file(&vhost->place, "client-ssl-ca", client->ca, log);
    result |= missing ? missing : check_pair(&vhost->place, "client", client, log);
    result |= check_log(&vhost->place, "access-log", vhost->access_log, log);
    for (n = 0; n < vhost->mount_count; n++)
        result |=
            check_folder(&vhost->mounts[n], log) |
            check_file(&vhost->mounts[n].place, "basic-auth", vhost->mounts[n].basic_auth, log);
    return result ? -1 : 0;
}
