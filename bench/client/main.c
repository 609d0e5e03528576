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
 *   report                              the same, and begin to count anew
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
static uint32_t viewer_count;
static long long counted_since, cpu_since;

long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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
    struct group *g = &groups[group_count];
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
    uint32_t root = root_of(group_count);
    for (uint32_t i = 0; i < count; i++) {
        struct viewer *v = &viewers[viewer_count++];
        *v = (struct viewer){.fd = -1, .group = (uint8_t)group_count, .node = root, .number = viewer_count};
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

static void tell_group(struct group *g) {
    long newest = -1, oldest = -1;
    uint32_t holding = 0, current = 0, waiting = 0, stalled = 0;
    int number = (int)(g - groups);
    for (int twice = 0; twice < 2; twice++)
        for (uint32_t i = 0; i < g->count; i++) {
            const struct viewer *v = &viewers[g->first + i];
            struct position at = nodes[v->node].at[0];
            if (twice) current += v->phase == OPEN && at.epoch && at.seq == newest;
            if (twice || !at.epoch) continue;
            holding++;
            if (at.seq > newest) newest = at.seq;
            if (oldest < 0 || at.seq < oldest) oldest = at.seq;
        }
    for (uint32_t i = 0; i < g->count; i++) waiting += viewers[g->first + i].phase == WAITING;
    for (uint32_t i = 0; i < g->count; i++) stalled += viewers[g->first + i].stalled;
    printf("\"%s\":{\"viewers\":%u,\"open\":%d,\"in_flight\":%d,\"waiting\":%u,\"stalled\":%u,\"holding\":%u,"
           "\"current\":%u,\"newest\":%ld,\"oldest\":%ld,\"joins\":%ld,\"joined_s\":%.4f,",
        g->name, g->count, g->open, g->in_flight, waiting, stalled, holding, current, newest, oldest, g->joins,
        g->joined_at ? (double)(g->joined_at - g->began) / 1e9 : 0.0);
    printf("\"snapshots\":%ld,\"deltas\":%ld,\"byes\":%ld,\"others\":%ld,\"compressed\":%ld,\"bytes\":%ld,"
           "\"pings\":%ld,\"faults\":%ld,\"fault\":\"%s\",\"closes\":{",
        g->snapshots, g->deltas, g->byes, g->others, g->compressed, g->bytes, g->pings, g->faults,
        g->fault ? g->fault : "");
    for (int code = 0, some = 0; code < CODES; code++)
        if (g->codes[code]) printf("%s\"%d\":%ld", some++ ? "," : "", code, g->codes[code]);
    printf("},\"messages\":[");
    int some = 0;
    for (uint32_t t = 1; t < text_count; t++) {
        const struct arrival *a = &texts[t].arrived[number];
        if (!a->count || !texts[t].sent) continue;
        printf("%s{\"seq\":%ld,\"sent\":%lld,\"count\":%u,\"first_ms\":%.3f,\"last_ms\":%.3f,\"p99_ms\":", some++ ? "," : "",
            texts[t].seq, texts[t].sent, a->count, (double)(a->first - texts[t].sent) / 1e6,
            (double)(a->last - texts[t].sent) / 1e6);
        if (a->most) printf("%.3f}", (double)(a->most - texts[t].sent) / 1e6);
        else printf("null}");
    }
    printf("],");
    spread_tell(&g->age, stdout, "age_ms");
    printf(",");
    spread_tell(&g->handshake, stdout, "handshake_ms");
    printf(",");
    spread_tell(&g->snapshot, stdout, "snapshot_ms");
    printf("}");
}

static void count_anew(struct group *g) {
    g->joins = g->snapshots = g->deltas = g->byes = g->others = g->compressed = g->bytes = g->pings = g->faults = 0;
    g->fault = NULL;
    g->began = now(), g->joined_at = 0;
    memset(g->codes, 0, sizeof g->codes);
    memset(&g->age, 0, sizeof g->age);
    memset(&g->handshake, 0, sizeof g->handshake);
    memset(&g->snapshot, 0, sizeof g->snapshot);
    for (uint32_t t = 1; t < text_count; t++) texts[t].arrived[g - groups] = (struct arrival){0};
}

static void tell(int anew) {
    long long at = now(), used = cpu();
    printf("{\"seconds\":%.4f,\"cpu_share\":%.4f,\"texts\":%u,\"nodes\":%u,\"groups\":{",
        (double)(at - counted_since) / 1e9, (double)(used - cpu_since) / (double)(at - counted_since),
        text_count ? text_count - 1 : 0, node_count ? node_count - 1 : 0);
    for (int i = 0; i < group_count; i++) {
        if (i) printf(",");
        tell_group(&groups[i]);
    }
    printf("}}\n");
    if (!anew) return;
    for (int i = 0; i < group_count; i++) count_anew(&groups[i]);
    counted_since = now(), cpu_since = cpu();
}

static int by_node(const void *a, const void *b) {
    uint32_t x = ((const struct viewer *)a)->node, y = ((const struct viewer *)b)->node;
    return (x > y) - (x < y);
}

static const char *write_states(char *rest) {
    FILE *to = fopen(strtok(rest, "\n"), "w");
    if (!to) return "the file cannot be written";
    graph_write(to);
    fputs(",\n\"ends\":[", to);
    struct viewer *copy = more(NULL, sizeof *copy * viewer_count);
    memcpy(copy, viewers, sizeof *copy * viewer_count);
    qsort(copy, viewer_count, sizeof *copy, by_node);
    for (uint32_t i = 0, begin = 0; i < viewer_count; i++)
        if (i + 1 == viewer_count || copy[i + 1].node != copy[i].node) {
            fprintf(to, "%s{\"group\":\"%s\",\"node\":%u,\"viewers\":%u}", begin ? "," : "",
                groups[nodes[copy[i].node].group].name, copy[i].node, i + 1 - begin);
            begin = i + 1;
        }
    fputs("]}\n", to);
    free(copy);
    return fclose(to) ? "the file cannot be written" : NULL;
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
        else if (!strcmp(line, "states")) why = write_states(rest);
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
    viewers = calloc(files.rlim_max < 1 << 20 ? files.rlim_max : 1 << 20, sizeof *viewers);
    poll_fd = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &input);
    counted_since = now(), cpu_since = cpu();
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
