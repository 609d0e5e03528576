/* What the client says: figures of all groups, and the graph of states with who is where. JSON, on one line. */
#include "crowd.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long counted_since, cpu_since;

static long long cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void tell_begin(void) {
    counted_since = now(), cpu_since = cpu();
}

static void tell_group(struct group *g) {
    long newest = -1, oldest = -1;
    uint32_t holding = 0, current = 0, waiting = 0, stalled = 0;
    int number = (int)(g - groups);
    for (int twice = 0; twice < 2; twice++)
        for (uint32_t i = 0; i < g->count; i++) {
            const struct viewer *v = &viewers[g->first + i];
            struct position at = nodes[v->at[0]].at;
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
    g->joins = g->snapshots = g->deltas = g->byes = g->others = g->compressed = g->bytes = g->pings = 0;
    g->began = now(), g->joined_at = 0;
    memset(g->codes, 0, sizeof g->codes);
    memset(&g->age, 0, sizeof g->age);
    memset(&g->handshake, 0, sizeof g->handshake);
    memset(&g->snapshot, 0, sizeof g->snapshot);
    for (uint32_t t = 1; t < text_count; t++) texts[t].arrived[g - groups] = (struct arrival){0};
}

void tell(int anew) {
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
    tell_begin();
}

static int by_nodes(const void *a, const void *b) {
    const struct viewer *x = a, *y = b;
    if (x->group != y->group) return x->group - y->group;
    return memcmp(x->at, y->at, (size_t)groups[x->group].channel_count * sizeof *x->at);
}

/* The graph and {"ends": [{"group", "viewers", "nodes": one for each channel}, ...]}: who holds the same is one of them. */
const char *tell_states(const char *path) {
    FILE *to = fopen(path, "w");
    if (!to) return "the file cannot be written";
    graph_write(to);
    fputs(",\n\"ends\":[", to);
    struct viewer *sorted = more(NULL, sizeof *sorted * viewer_count);
    memcpy(sorted, viewers, sizeof *sorted * viewer_count);
    qsort(sorted, viewer_count, sizeof *sorted, by_nodes);
    for (uint32_t i = 0, begin = 0; i < viewer_count; i++) {
        if (i + 1 < viewer_count && !by_nodes(&sorted[i], &sorted[i + 1])) continue;
        const struct group *g = &groups[sorted[i].group];
        fprintf(to, "%s{\"group\":\"%s\",\"viewers\":%u,\"nodes\":[", begin ? "," : "", g->name, i + 1 - begin);
        for (int c = 0; c < g->channel_count; c++) fprintf(to, "%s%u", c ? "," : "", sorted[i].at[c]);
        fputs("]}", to);
        begin = i + 1;
    }
    fputs("]}\n", to);
    free(sorted);
    return fclose(to) ? "the file cannot be written" : NULL;
}
