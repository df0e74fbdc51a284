#include "setup.h"

#include "lws_features.h"
#include "preflight.h"
#include "pvo_list.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_BYTES 512

static void on_complaint(void *user, bool is_error, const char *line)
{
    static const char mark[] = ": warning: "; /* the log says it, too */
    const struct log *log = user;
    const char *at = is_error ? NULL : strstr(line, mark);

    if (is_error)
        log_error(log, "%s", line);
    else if (at)
        log_warning(log, "%.*s: %s", (int)(at - line), line, at + sizeof(mark) - 1);
    else
        log_warning(log, "%s", line);
}

static struct conf *read_conf(const struct setup_wish *wish, const struct log *log)
{
    struct conf_features features;
    struct conf_env env = {.data_dir = wish->data_dir,
                           .features = &features,
                           .complain = on_complaint,
                           .user = (void *)(uintptr_t)log};

    lws_features_fill(&features);
    return conf_read_dir(wish->config_dir, &env);
}

static int start_plugins(struct setup *setup, const struct setup_wish *wish, const struct log *log)
{
    const struct conf_pairs *configured = &setup->conf->global.plugin_dirs;
    const char **folders =
        arena_new(&setup->arena, wish->plugin_dir_count + configured->count + 1, sizeof(*folders));
    size_t count = 0, n;

    if (!folders)
        return -1;
    for (n = 0; n < wish->plugin_dir_count; n++)
        folders[count++] = wish->plugin_dirs[n];
    for (n = 0; n < configured->count; n++)
        folders[count++] = configured->items[n].value;
    folders[count++] = wish->plugin_dir;
    setup->plugins = plugin_set_new(folders, count, log);
    return setup->plugins ? 0 : -1;
}

static const struct site_protocol *find_same(const struct site *site, const char *name)
{
    size_t n;

    for (n = 0; n < site->protocol_count; n++)
        if (strcmp(site->protocols[n].conf->name, name) == 0)
            return &site->protocols[n];
    return NULL;
}

/* Check the options beside those of the same protocol on the vhosts before `site`. */
static int check_beside(const struct setup *setup, const struct site *site,
                        const struct site_protocol *protocol, struct arena *arena,
                        const struct lws_protocol_vhost_options *options, struct problem *problem)
{
    size_t before = (size_t)(site - setup->sites), count = 0, n;
    const struct lws_protocol_vhost_options **earlier =
        arena_new(arena, before + 1, sizeof(const struct lws_protocol_vhost_options *));

    for (n = 0; earlier && n < before; n++) {
        const struct site_protocol *same = find_same(&setup->sites[n], protocol->conf->name);
        struct lws_protocol_vhost_options *list = NULL;

        if (same && pvo_list_build(&same->conf->options, "", arena, &list))
            earlier = NULL;
        else if (same)
            earlier[count++] = list;
    }
    if (!earlier)
        return problem_set(problem, "", "memory is short");
    return protocol->plugin.hooks->check_beside(earlier, count, options, problem);
}

/* Say what is wrong with an option, by name even where it was left out and its default does not fit
 * to the others. */
static void complain_option(const struct conf_protocol *conf, const struct problem *problem,
                            const struct log *log)
{
    bool is_given = !problem->path[0];
    char place[PLACE_BYTES];
    size_t n;

    for (n = 0; n < conf->options.count; n++)
        is_given = is_given || strcmp(conf->options.items[n].name, problem->path) == 0;
    conf_place_print(&conf->place, problem->path, place, sizeof(place));
    log_error(log, "%s: %s%s%s", place, is_given ? "" : problem->path, is_given ? "" : ": ",
              problem->text);
}

static int check_options(const struct setup *setup, const struct site *site,
                         const struct site_protocol *protocol, const struct log *log)
{
    const struct lwshost_hooks *hooks = protocol->plugin.hooks;
    struct lws_protocol_vhost_options *options = NULL;
    struct arena arena = {0};
    struct problem problem = {0};
    int result = 0;

    if (!hooks || !hooks->check)
        return 0;
    if (pvo_list_build(&protocol->conf->options, "", &arena, &options))
        result = problem_set(&problem, "", "memory is short");
    else
        result = hooks->check(options, &problem);
    if (!result && hooks->check_beside)
        result = check_beside(setup, site, protocol, &arena, options, &problem);
    if (result)
        complain_option(protocol->conf, &problem, log);
    arena_free(&arena);
    return result;
}

static int find_protocol(struct setup *setup, struct site *site, const struct conf_protocol *conf,
                         const struct log *log)
{
    struct site_protocol *protocol = &site->protocols[site->protocol_count];
    struct bytes why = {0};
    char place[PLACE_BYTES];

    if (find_same(site, conf->name))
        return 0;
    protocol->conf = conf;
    if (strcmp(conf->name, STATUS_PROTOCOL) == 0) {
        status_protocol(&protocol->plugin);
    } else if (plugin_set_find(setup->plugins, conf->name, &protocol->plugin, &why)) {
        conf_place_print(&conf->place, NULL, place, sizeof(place));
        log_error(log, "%s: %s", place, why.data ? why.data : "no plugin provides this protocol");
        bytes_fini(&why);
        return -1;
    }
    site->protocol_count++;
    return check_options(setup, site, protocol, log);
}

static int find_protocols(struct setup *setup, struct site *site, const struct log *log)
{
    const struct conf_vhost *conf = site->conf;
    int result = 0;
    size_t n;

    site->protocols = arena_new(&setup->arena, conf->protocol_count, sizeof(*site->protocols));
    if (!site->protocols)
        return -1;
    for (n = 0; n < conf->protocol_count; n++)
        if (find_protocol(setup, site, &conf->protocols[n], log))
            result = -1;
    return result;
}

static int find_address(struct site *site, const struct log *log)
{
    const struct conf_vhost *conf = site->conf;
    struct listen_wish wish = {.interface = conf->interface,
                               .is_path = conf->unix_socket,
                               .no_ipv6 = conf->noipv6,
                               .only_ipv6 = conf->ipv6only == CONF_SWITCH_ON};
    struct problem problem = {0};
    char place[PLACE_BYTES];

    if (listen_addr_find(&wish, &site->addr, &problem) == 0)
        return 0;
    conf_place_print(&conf->place, "interface", place, sizeof(place));
    log_error(log, "%s: %s", place, problem.text);
    return -1;
}

/* --port moves the first vhost that has a port, and those that share that port with it. */
static void choose_ports(struct setup *setup, int port)
{
    const struct site *first = NULL;
    size_t n;

    for (n = 0; n < setup->site_count; n++) {
        struct site *site = &setup->sites[n];

        site->port_wanted = (unsigned)site->conf->port;
        if (port < 0 || site->addr.kind == LISTEN_UNIX)
            continue;
        if (!first)
            first = site;
        if (first == site)
            site->port_wanted = (unsigned)port;
        else if (site->conf->port && site->conf->port == first->conf->port)
            site->follows = first;
    }
    for (n = 0; n < setup->site_count; n++)
        setup->sites[n].is_floating = setup->sites[n].port_wanted == 0 && !setup->sites[n].follows;
}

static bool is_same_listener(const struct site *a, const struct site *b)
{
    const struct site *first = a->follows ? a->follows : a, *second = b->follows ? b->follows : b;

    if (!listen_addr_equal(&a->addr, &b->addr))
        return false;
    return first == second || a->addr.kind == LISTEN_UNIX ||
           (first->port_wanted && first->port_wanted == second->port_wanted);
}

/* The first vhost on a port decides about TLS for all of them: another one would be served in plain
 * text, or would not be reached. */
static int check_tls(const struct setup *setup, const struct log *log)
{
    char place[PLACE_BYTES], first[PLACE_BYTES];
    int result = 0;
    size_t n, m;

    for (n = 0; n < setup->site_count; n++) {
        const struct site *site = &setup->sites[n], *other = setup->sites;

        for (m = 0; m < n && !is_same_listener(other, site); m++)
            other++;
        if (m == n || other->is_tls == site->is_tls)
            continue;
        conf_place_print(&site->conf->place, site->addr.kind == LISTEN_UNIX ? "interface" : "port",
                         place, sizeof(place));
        conf_place_print(&other->conf->place, NULL, first, sizeof(first));
        log_error(log, "%s: TLS is all or nothing on one port, and %s is %s", place, first,
                  other->is_tls ? "with TLS" : "without TLS");
        result = -1;
    }
    return result;
}

static int build_sites(struct setup *setup, const struct log *log)
{
    int result = 0;
    size_t n;

    setup->site_count = setup->conf->vhost_count;
    setup->sites = arena_new(&setup->arena, setup->site_count, sizeof(*setup->sites));
    if (!setup->sites)
        return -1;
    for (n = 0; n < setup->site_count; n++) {
        struct site *site = &setup->sites[n];

        site->conf = &setup->conf->vhosts[n];
        if (find_address(site, log) | find_protocols(setup, site, log) |
            preflight_vhost(site->conf, log))
            result = -1;
        else if (site_build(site, &setup->arena)) {
            log_error(log, "memory is short");
            return -1;
        }
    }
    return result;
}

struct setup *setup_new(const struct setup_wish *wish, const struct log *log)
{
    struct setup *setup = calloc(1, sizeof(*setup));

    if (!setup) {
        log_error(log, "memory is short");
        return NULL;
    }
    setup->conf = read_conf(wish, log);
    if (setup->conf && start_plugins(setup, wish, log) == 0 &&
        (preflight_global(setup->conf, log) | build_sites(setup, log)) == 0) {
        choose_ports(setup, wish->port);
        if (check_tls(setup, log) == 0)
            return setup;
    }
    setup_free(setup);
    return NULL;
}

void setup_free(struct setup *setup)
{
    if (!setup)
        return;
    plugin_set_free(setup->plugins);
    conf_free(setup->conf);
    arena_free(&setup->arena);
    free(setup);
}
