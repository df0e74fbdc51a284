#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static int find(const struct conf_global *global, uid_t *uid, gid_t *gid)
{
    const struct group *group = global->groupname ? getgrnam(global->groupname) : NULL;
    const struct passwd *user = global->username ? getpwnam(global->username) : NULL;

    if ((global->groupname && !group) || (global->username && !user))
        return -1;
    *uid = user ? user->pw_uid : (uid_t)global->uid;
    *gid = (gid_t)global->gid;
    if (group)
        *gid = group->gr_gid;
    else if (!*gid && user)
        *gid = user->pw_gid;
    return 0;
}

/* The supplementary groups of the user, or none: never those of root. */
static int set_groups(uid_t uid, gid_t gid)
{
    const struct passwd *user = getpwuid(uid);

    if (user)
        return initgroups(user->pw_name, gid ? gid : user->pw_gid);
    return setgroups(gid ? 1 : 0, &gid);
}

int privileges_drop(const struct conf *conf, const struct log *log)
{
    uid_t uid;
    gid_t gid;

    if (find(&conf->global, &uid, &gid)) {
        log_error(log, "the user or group to run as is gone");
        return -1;
    }
    /* After a restart in place it is done already. */
    if ((!uid && !gid) || ((!uid || uid == geteuid()) && (!gid || gid == getegid())))
        return 0;
    if ((uid && set_groups(uid, gid)) || (gid && setgid(gid)) || (uid && setuid(uid))) {
        log_error(log, "can't become user %u, group %u: %s", (unsigned)uid, (unsigned)gid,
                  strerror(errno));
        return -1;
    }
    log_notice(log, "running as user %u, group %u", (unsigned)getuid(), (unsigned)getgid());
    return 0;
}
