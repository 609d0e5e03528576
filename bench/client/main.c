/* Many viewers in one process that costs next to nothing, so that what is measured is the server.
 *
 * client PORT: reads one command a line from its standard input and answers each with one line of JSON. bench/crowd.py
 * speaks this for you. Commands:
 *
 *   open NAME COUNT PACE OPTIONS PATH   start a group of viewers on ws://127.0.0.1:PORT/PATH, PACE joins a second or 0 for as
 *                                       fast as they get in. OPTIONS are separated by commas, or "-":
 *                                         deflate      offer permessage-deflate
 *                                         return       come back after a close, as docs/protocol.md tells a client
 *                                         flight=N     connections under way at a time (64)
 *                                         buffer=N     SO_RCVBUF, for viewers that are to stall soon after they stop
 *                                         from=CN+GB   add &from= with each of these in turn
 *   stall NAME COUNT                    the first COUNT viewers of the group stop reading, all others of it read (again)
 *   leave NAME                          all of the group close for good
 *   port PORT                           where viewers connect from now on
 *   tell                                figures of all groups
 *   report                              the same, and begin to count anew (faults are counted on)
 *   states FILE                         write all frames, the graph of states and who is where (see graph.c)
 *
 * Viewers come from 127.0.0.2 to 127.0.0.17, because one address has 28k ports. Every frame is checked (graph.c).
 * The end of its input ends the client.
 */
#include "crowd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct group groups[GROUPS];
struct viewer *viewers;
int group_count, server_port, poll_fd;
uint32_t viewer_count;
static uint32_t most_viewers;

long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void fail(const char *what) {
    perror(what);
    exit(1);
}

void *more(void *old, size_t size) {
    void *new = realloc(old, size ? size : 1);
    if (!new) fail("realloc");
    return new;
}

static struct group *group_named(const char *name) {
    for (int i = 0; i < group_count; i++)
        if (!strcmp(groups[i].name, name)) return &groups[i];
    return NULL;
}

/* The channels of the query, in order: the states of this group are about these. */
static void find_channels(struct group *g) {
    for (const char *c = strchr(g->path, '?'); c && g->channel_count < CHANNELS; c = strchr(c, '&')) {
        if (strncmp(++c, "c=", 2)) continue;
        char name[256];
        size_t size = 0;
        for (c += 2; *c && *c != '&' && size < sizeof name - 1; c++) {
            unsigned code;
            if (*c == '%' && sscanf(c + 1, "%2x", &code) == 1) name[size++] = (char)code, c += 2;
            else name[size++] = *c;
        }
        g->channels[g->channel_count++] = name_of(name, size);
    }
}

static const char *open_group(char *rest) {
    char name[32], options[512], path[PATH_SIZE];
    unsigned count;
    double pace;
    if (sscanf(rest, "%31s %u %lf %511s %2047s", name, &count, &pace, options, path) != 5) return "open what?";
    if (group_count == GROUPS || group_named(name)) return "no room for this group";
    if (count > most_viewers - viewer_count) return "no room for so many viewers";
    struct group *g = &groups[group_count];
    memset(g, 0, sizeof *g);
    strcpy(g->name, name);
    strcpy(g->path, path);
    g->count = count, g->pace = pace, g->most_in_flight = 64, g->first = viewer_count;
    g->began = g->paced_from = now();
    for (char *save, *one = strtok_r(options, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
        if (!strcmp(one, "deflate")) g->deflate = 1;
        else if (!strcmp(one, "return")) g->comes_back = 1;
        else if (!strncmp(one, "flight=", 7)) g->most_in_flight = atoi(one + 7);
        else if (!strncmp(one, "buffer=", 7)) g->receive_buffer = atoi(one + 7);
        else if (!strncmp(one, "from=", 5)) snprintf(g->from, sizeof g->from, "%s", one + 5);
        else if (strcmp(one, "-")) return "no such option";
    }
    find_channels(g);
    if (!g->channel_count) return "a path without a channel";
    size_t channels = (size_t)g->channel_count;
    uint32_t *at = more(NULL, channels * count * sizeof *at), roots[CHANNELS];
    for (size_t c = 0; c < channels; c++) roots[c] = root_made();
    for (uint32_t i = 0; i < count; i++, at += channels) {
        struct viewer *v = &viewers[viewer_count++];
        *v = (struct viewer){.fd = -1, .group = (uint8_t)group_count, .at = at, .number = viewer_count};
        memcpy(at, roots, channels * sizeof *at);
    }
    group_count++;
    return NULL;
}

static const char *stall(char *rest) {
    char name[32];
    unsigned count;
    struct group *g;
    if (sscanf(rest, "%31s %u", name, &count) != 2 || !(g = group_named(name))) return "stall whom?";
    for (uint32_t i = 0; i < g->count; i++) {
        struct viewer *v = &viewers[g->first + i];
        if (v->stalled != (i < count)) viewer_stall(v, i < count);
    }
    return NULL;
}

static const char *leave(char *rest) {
    struct group *g = group_named(strtok(rest, " ") ?: "");
    if (!g) return "who?";
    g->started = g->count;
    for (uint32_t i = 0; i < g->count; i++) viewer_close(&viewers[g->first + i]);
    return NULL;
}

static void command(char *line) {
    const char *why = NULL;
    char *rest = line + strcspn(line, " ");
    if (*rest) *rest++ = 0;
    if (!strcmp(line, "tell") || !strcmp(line, "report")) tell(*line == 'r');
    else {
        if (!strcmp(line, "open")) why = open_group(rest);
        else if (!strcmp(line, "stall")) why = stall(rest);
        else if (!strcmp(line, "leave")) why = leave(rest);
        else if (!strcmp(line, "port")) server_port = atoi(rest);
        else if (!strcmp(line, "states")) why = tell_states(rest);
        else why = "no such command";
        printf(why ? "{\"error\":\"%s\"}\n" : "{}\n", why);
    }
    fflush(stdout);
}

static void commands(void) {
    static char input[1 << 14];
    static size_t held;
    ssize_t got = read(0, input + held, sizeof input - 1 - held);
    if (got <= 0) exit(0);
    held += (size_t)got;
    char *line = input, *end;
    while ((end = memchr(line, '\n', held - (size_t)(line - input)))) {
        *end = 0;
        command(line);
        line = end + 1;
    }
    held -= (size_t)(line - input);
    memmove(input, line, held);
}

/* Start those whose turn it is; when the next one's is, or -1. */
static long long start_some(long long at) {
    long long next = -1;
    for (struct group *g = groups; g < groups + group_count; g++)
        while (g->started < g->count) {
            long long due = g->pace > 0 ? g->paced_from + (long long)(g->started * 1e9 / g->pace) : at;
            if (due > at) {
                if (next < 0 || due < next) next = due;
                break;
            }
            if (g->in_flight >= g->most_in_flight && g->pace <= 0) break;
            viewer_start(&viewers[g->first + g->started++], at);
        }
    return next;
}

int main(int argc, char **argv) {
    struct rlimit files;
    if (argc != 2) return 2;
    server_port = atoi(argv[1]);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    most_viewers = files.rlim_max < 1 << 20 ? (uint32_t)files.rlim_max : 1 << 20;
    viewers = calloc(most_viewers, sizeof *viewers);
    poll_fd = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &input);
    tell_begin();
    for (;;) {
        struct epoll_event events[512];
        long long at = now();
        waiting_start(at);
        long long next = start_some(at), back = waiting_until();
        if (next < 0 || (back >= 0 && back < next)) next = back;
        int ready = epoll_wait(poll_fd, events, 512, next < 0 ? -1 : next <= at ? 0 : (int)((next - at) / 1000000) + 1);
        for (int i = 0; i < ready; i++) {
            if (!events[i].data.ptr) commands();
            else viewer_ready(events[i].data.ptr, events[i].events);
        }
    }
}
