/* Viewers that will come back, and when: as docs/protocol.md tells a client.
 *
 * After 1012 when the bye frame said, after 1013 and 503 in five seconds or more, after 4008 in five, else within a second,
 * doubling up to half a minute.
 */
#include "crowd.h"

static struct viewer **heap; /* those that come back, the next first */
static uint32_t heap_size, heap_room;
static uint64_t dice = 88172645463325252u;

static double chance(void) {
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return (double)(dice >> 11) / (double)(1ull << 53);
}

static void heap_swap(uint32_t a, uint32_t b) {
    struct viewer *v = heap[a];
    heap[a] = heap[b], heap[b] = v;
}

static void heap_push(struct viewer *v) {
    if (heap_size == heap_room) heap = more(heap, sizeof *heap * (heap_room = heap_room ? 2 * heap_room : 1024));
    uint32_t at = heap_size++;
    for (heap[at] = v; at && heap[(at - 1) / 2]->due > heap[at]->due; at = (at - 1) / 2) heap_swap(at, (at - 1) / 2);
}

static struct viewer *heap_pop(void) {
    struct viewer *v = heap[0];
    heap[0] = heap[--heap_size];
    for (uint32_t at = 0, down; (down = 2 * at + 1) < heap_size; at = down) {
        if (down + 1 < heap_size && heap[down + 1]->due < heap[down]->due) down++;
        if (heap[at]->due <= heap[down]->due) break;
        heap_swap(at, down);
    }
    return v;
}

long long waiting_until(void) {
    return heap_size ? heap[0]->due : -1;
}

void waiting_start(long long at) {
    while (heap_size && heap[0]->due <= at) {
        struct viewer *v = heap_pop();
        if (v->phase == WAITING) viewer_start(v, at);
    }
}

static long long pause_ms(struct viewer *v) {
    long tries = v->tries < 5 ? v->tries : 5;
    v->tries++;
    switch (v->code) {
    case 1012: return v->retry_ms >= 0 ? v->retry_ms : (long long)(chance() * 1000);
    case 503:
    case 1013: return (v->retry_ms >= 0 ? v->retry_ms : 5000L << tries) + (long long)(chance() * 2000);
    case 4008: return 5000 + (long long)(chance() * 1000);
    default: return (long long)(chance() * (double)(tries < 5 ? 1000L << tries : 30000));
    }
}

void waiting_add(struct viewer *v) {
    v->due = now() + pause_ms(v) * 1000000;
    heap_push(v);
}
