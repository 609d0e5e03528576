/* The parts of the load client: main.c takes commands and turns the loop, viewer.c has connections, frames.c what comes over
 * them, graph.c what viewers hold, waiting.c who comes back when, tell.c the answers, spread.c times.
 */
#ifndef CROWD_H
#define CROWD_H

#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GROUPS = 8, CHANNELS = 16, CODES = 5000, PATH_SIZE = 2048, BUFFER = 1 << 20 };

long long now(void); /* CLOCK_MONOTONIC, ns */
_Noreturn void fail(const char *what);
void *more(void *old, size_t size); /* realloc that does not fail */

/* spread.c: how values in microseconds are spread, exact to 0.2 %. */
enum { BINS = 1024 + 30 * 512 };
struct spread {
    uint32_t bins[BINS];
    long count;
    double most_us;
};
void spread_add(struct spread *s, long long ns);
void spread_tell(const struct spread *s, FILE *to, const char *name);

/* graph.c: all that was ever received, each once, and the states that viewers can be in. */
enum kind { OTHER, SNAPSHOT, DELTA, BYE };
struct text {
    unsigned char *bytes;
    uint32_t size, hash, next;
    enum kind kind;
    int channel, epoch; /* numbers of interned names */
    long base, seq, retry_ms;
    long long sent; /* what the board's head says, ns, or 0 */
    struct arrival {
        uint32_t count;
        long long first, most, last; /* the first viewer, 99 % of the group, the last one */
    } arrived[GROUPS]; /* since the last report */
};
struct position {
    int epoch; /* 0: holds nothing */
    long seq;
};
struct node { /* the state of one channel */
    uint32_t parent, text, edges, root;
    struct position at;
};
extern struct text *texts;
extern struct node *nodes;
extern uint32_t text_count, node_count;
enum { FAULT = UINT32_MAX };

int name_of(const char *bytes, size_t size);
const char *name_text(int name);
/* What a message does to a viewer that holds these nodes, one for each channel of its group. */
struct step {
    uint32_t text, to; /* FAULT: it does not fit, for the reason `why` */
    int channel;       /* which of them moves there, or -1 */
    const char *why;
};
struct step plain_step(const uint32_t *held, int group, const unsigned char *bytes, size_t size);
struct step text_step(const uint32_t *held, int group, uint32_t text);
/* What a compressed message says after these messages, or FAULT; *history moves on. */
uint32_t inflated(uint32_t *history, int bits, const unsigned char *bytes, size_t size);
uint32_t root_made(void); /* of one channel of a group, with nothing held */
void graph_write(FILE *to);

/* viewer.c */
enum phase { NEW, CONNECTING, ASKED, OPEN, WAITING, GONE };
struct viewer {
    int fd;
    uint8_t group, phase, stalled, fresh, bits, takeover, goes;
    uint16_t code, tries;
    uint32_t history, number;
    uint32_t *at; /* a node for each channel */
    long retry_ms;
    long long began, due;
    unsigned char *held;
    uint32_t held_size;
};
struct group {
    char name[32], path[PATH_SIZE], from[256];
    int channels[CHANNELS], channel_count;
    uint32_t first, count, started;
    double pace;
    int in_flight, most_in_flight, deflate, comes_back, receive_buffer, open;
    long long paced_from;
    long faults; /* since the group was opened: none is forgotten */
    const char *fault;
    /* since the last report */
    long long began, joined_at;
    long joins, snapshots, deltas, byes, others, compressed, bytes, pings;
    long codes[CODES];
    struct spread age, handshake, snapshot;
};
extern struct group groups[GROUPS];
extern struct viewer *viewers;
extern uint32_t viewer_count;
extern int group_count, server_port, poll_fd;

void viewer_start(struct viewer *v, long long at);
void viewer_ready(struct viewer *v, uint32_t events);
void viewer_close(struct viewer *v);
void viewer_stall(struct viewer *v, int stalled);
size_t frames_read(struct viewer *v, unsigned char *data, size_t held, long long at); /* frames.c: bytes that were whole */

/* waiting.c */
void waiting_add(struct viewer *v);
long long waiting_until(void); /* when the next comes back, or -1 */
void waiting_start(long long at);

/* tell.c */
void tell_begin(void);
void tell(int anew);
const char *tell_states(const char *path);

#endif
