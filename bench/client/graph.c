/* What viewers hold, worked out once for all of them.
 *
 * Viewers of a lane are sent the same bytes, so what one holds of a channel is a node in a graph: (node, message) -> node. The
 * edge is checked when it is first walked (does the delta's base fit, is the snapshot older?) and looked up by comparing bytes
 * afterwards; so every frame of every viewer is checked, for the price of a memcmp. A snapshot leads to the same node from
 * wherever it is taken. The states themselves are folded from the graph at the end, by `crowd.py`, with the rules any viewer
 * follows.
 *
 * Compressed messages have a graph of their own: (messages so far, compressed bytes) -> text. A message ends on a byte
 * (sync flush), so the window is nothing but the last texts, and inflating needs no copies of inflaters.
 */
#include "crowd.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TABLE = 1 << 16, LARGEST = 1 << 22 };

struct edge {
    uint32_t text, to, next;
    const char *why; /* for FAULT */
};
struct history {
    uint32_t parent, text, edges;
};
struct packed {
    unsigned char *bytes;
    uint32_t size, text, to, next;
};

struct text *texts;
struct node *nodes;
uint32_t text_count, node_count;
static struct edge *edges;
static struct history *histories;
static struct packed *packs;
static uint32_t edge_count, history_count, pack_count;
static uint32_t table[TABLE]; /* of texts, by hash; 0 is none */
static char **names;
static int names_count;

/* Room for one more, doubled when full. Place 0 is never used. */
static void grow(void *list, uint32_t *count, size_t size) {
    void **at = list;
    if (*count == 0) *count = 1, *at = more(NULL, 2 * size);
    if ((*count & (*count - 1)) == 0) *at = more(*at, 2 * (size_t)*count * size);
    memset((char *)*at + *count * size, 0, size);
    ++*count;
}

int name_of(const char *bytes, size_t size) {
    for (int i = 1; i < names_count; i++)
        if (strlen(names[i]) == size && !memcmp(names[i], bytes, size)) return i;
    if (names_count == 0) names_count = 1;
    names = more(names, sizeof *names * (size_t)(names_count + 1));
    names[names_count] = strndup(bytes, size);
    return names_count++;
}

const char *name_text(int name) {
    return names[name];
}

static const char *after(const unsigned char *bytes, size_t size, const char *key) {
    const char *found = memmem(bytes, size, key, strlen(key));
    return found ? found + strlen(key) : NULL;
}

static int named(const unsigned char *bytes, size_t size, const char *key) {
    const char *from = after(bytes, size, key);
    const char *to = from ? memchr(from, '"', size - (size_t)((const unsigned char *)from - bytes)) : NULL;
    return to ? name_of(from, (size_t)(to - from)) : 0;
}

static long number(const unsigned char *bytes, size_t size, const char *key) {
    const char *from = after(bytes, size, key);
    return from ? atol(from) : -1;
}

/* The envelope's fields come before head and state, so the first that is found is the right one. */
static void understand(struct text *t) {
    const unsigned char *b = t->bytes;
    const char *type = after(b, t->size, "\"type\":\"");
    if (type && !strncmp(type, "snapshot\"", 9)) t->kind = SNAPSHOT;
    if (type && !strncmp(type, "delta\"", 6)) t->kind = DELTA;
    if (type && !strncmp(type, "bye\"", 4)) t->kind = BYE;
    t->channel = named(b, t->size, "\"channel\":\"");
    t->epoch = named(b, t->size, "\"epoch\":\"");
    t->base = number(b, t->size, "\"base\":");
    t->seq = number(b, t->size, "\"seq\":");
    t->retry_ms = number(b, t->size, "\"retry_ms\":");
    const char *sent = after(b, t->size, "\"sent\":\"");
    t->sent = sent ? atoll(sent) : 0;
}

static uint32_t text_of(const unsigned char *bytes, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 16777619u;
    uint32_t *slot = &table[hash % TABLE];
    for (uint32_t t = *slot; t; t = texts[t].next)
        if (texts[t].hash == hash && texts[t].size == size && !memcmp(texts[t].bytes, bytes, size)) return t;
    grow(&texts, &text_count, sizeof *texts);
    struct text *t = &texts[text_count - 1];
    t->bytes = more(NULL, size + 1);
    memcpy(t->bytes, bytes, size);
    t->bytes[size] = 0;
    t->size = (uint32_t)size, t->hash = hash, t->next = *slot;
    understand(t);
    return *slot = text_count - 1;
}

static uint32_t node_made(uint32_t parent, uint32_t text) {
    grow(&nodes, &node_count, sizeof *nodes);
    uint32_t made = node_count - 1;
    nodes[made] = (struct node){.parent = parent, .text = text, .root = parent ? nodes[parent].root : made};
    if (text) nodes[made].at = (struct position){texts[text].epoch, texts[text].seq};
    return made;
}

uint32_t root_made(void) {
    return node_made(0, 0);
}

static uint32_t step(uint32_t node, uint32_t text, const char **why);

static uint32_t walk(uint32_t node, uint32_t text, const char **why) {
    const struct text *t = &texts[text];
    struct position held = nodes[node].at;
    if (t->kind == SNAPSHOT) {
        if (held.epoch == t->epoch && t->seq < held.seq) return *why = "a snapshot older than what is held", FAULT;
        return nodes[node].root == node ? node_made(node, text) : step(nodes[node].root, text, why);
    }
    if (held.epoch != t->epoch) return *why = "a delta to another history", FAULT;
    if (held.seq != t->base) return *why = "a delta whose base is not what is held", FAULT;
    if (t->seq <= t->base) return *why = "a delta that leads back", FAULT;
    return node_made(node, text);
}

static uint32_t step(uint32_t node, uint32_t text, const char **why) {
    for (uint32_t e = nodes[node].edges; e; e = edges[e].next)
        if (edges[e].text == text) return *why = edges[e].why, edges[e].to;
    *why = NULL;
    uint32_t to = walk(node, text, why);
    grow(&edges, &edge_count, sizeof *edges);
    edges[edge_count - 1] = (struct edge){text, to, nodes[node].edges, *why};
    nodes[node].edges = edge_count - 1;
    return to;
}

struct step text_step(const uint32_t *held, int group, uint32_t text) {
    const struct group *g = &groups[group];
    const struct text *t = &texts[text];
    struct step s = {.text = text, .channel = 0};
    if (t->kind == OTHER || t->kind == BYE) return s.channel = -1, s;
    while (s.channel < g->channel_count && g->channels[s.channel] != t->channel) s.channel++;
    if (s.channel == g->channel_count) return s.to = FAULT, s.why = "a channel that was not asked for", s;
    return s.to = step(held[s.channel], text, &s.why), s;
}

struct step plain_step(const uint32_t *held, int group, const unsigned char *bytes, size_t size) {
    for (int channel = 0; channel < groups[group].channel_count; channel++)
        for (uint32_t e = nodes[held[channel]].edges; e; e = edges[e].next) {
            const struct text *t = &texts[edges[e].text];
            if (t->size == size && !memcmp(t->bytes, bytes, size))
                return (struct step){edges[e].text, edges[e].to, channel, edges[e].why};
        }
    return text_step(held, group, text_of(bytes, size));
}

uint32_t inflated(uint32_t *history, int bits, const unsigned char *bytes, size_t size) {
    static unsigned char window[1 << 15], out[LARGEST];
    if (history_count == 0) { /* 1: nothing so far */
        grow(&histories, &history_count, sizeof *histories);
    }
    if (*history == 0) *history = 1;
    for (uint32_t p = histories[*history].edges; p; p = packs[p].next)
        if (packs[p].size == size && !memcmp(packs[p].bytes, bytes, size))
            return *history = packs[p].to, packs[p].text;

    size_t room = (size_t)1 << bits, from = sizeof window;
    for (uint32_t h = *history; histories[h].text && room; h = histories[h].parent) {
        const struct text *t = &texts[histories[h].text];
        size_t part = t->size < room ? t->size : room;
        memcpy(window + (from -= part), t->bytes + t->size - part, part);
        room -= part;
    }
    z_stream z = {0};
    unsigned char *in = more(NULL, size + 4);
    memcpy(in, bytes, size);
    memcpy(in + size, "\x00\x00\xff\xff", 4);
    if (inflateInit2(&z, -bits) != Z_OK) fail("inflateInit2");
    if (from < sizeof window) inflateSetDictionary(&z, window + from, (uInt)(sizeof window - from));
    z.next_in = in, z.avail_in = (uInt)size + 4, z.next_out = out, z.avail_out = sizeof out;
    int result = inflate(&z, Z_SYNC_FLUSH);
    size_t length = z.total_out;
    int whole = (result == Z_OK || result == Z_BUF_ERROR) && z.avail_in == 0;
    inflateEnd(&z);
    free(in);
    if (!whole) return FAULT;

    uint32_t text = text_of(out, length), parent = *history;
    grow(&histories, &history_count, sizeof *histories);
    histories[history_count - 1] = (struct history){parent, text, 0};
    grow(&packs, &pack_count, sizeof *packs);
    unsigned char *copy = memcpy(more(NULL, size), bytes, size);
    packs[pack_count - 1] = (struct packed){copy, (uint32_t)size, text, history_count - 1, histories[parent].edges};
    histories[parent].edges = pack_count - 1;
    *history = history_count - 1;
    return text;
}

/* {"texts": [frame, ...], "nodes": [[parent, text], ...]}, both from place 1 on. */
void graph_write(FILE *to) {
    fputs("{\"texts\":[null", to);
    for (uint32_t t = 1; t < text_count; t++) {
        fputs(",\n", to);
        fwrite(texts[t].kind == OTHER ? (const unsigned char *)"null" : texts[t].bytes, 1,
            texts[t].kind == OTHER ? 4 : texts[t].size, to);
    }
    fputs("],\n\"nodes\":[null", to);
    for (uint32_t n = 1; n < node_count; n++) fprintf(to, ",[%u,%u]", nodes[n].parent, nodes[n].text);
    fputs("]", to);
}
