/* One viewer's connection: handshake, frames, pings, how it ends and whether it comes back.
 *
 * A viewer has no buffer of its own unless a frame came in parts. Coming back follows docs/protocol.md: after 1012 when the
 * bye frame said, after 1013 and 503 in five seconds or more, after 4008 in five, else within a second, doubling up to
 * half a minute; always with the positions held. 4400, 4404 and 1009 are for ever.
 */
#include "crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 1 << 20, ADDRESSES = 16, IP_BIND_LATE = 24 /* IP_BIND_ADDRESS_NO_PORT */ };

static unsigned char buffer[BUFFER];
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

static void watch(struct viewer *v, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = v};
    if (epoll_ctl(poll_fd, how, v->fd, &event)) fail("epoll_ctl");
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

static void ended(struct viewer *v) {
    struct group *g = &groups[v->group];
    close(v->fd);
    free(v->held);
    v->held = NULL, v->held_size = 0, v->fd = -1, v->stalled = 0;
    if (v->phase == OPEN) g->open--;
    if (v->phase == CONNECTING || v->phase == ASKED) g->in_flight--;
    g->codes[v->code < CODES ? v->code : 0]++;
    int for_ever = v->code == 1009 || v->code == 4400 || v->code == 4404 || v->code == 1000 ||
                   (v->code >= 400 && v->code < 500);
    v->phase = GONE;
    if (g->comes_back && !for_ever && !v->goes) {
        v->phase = WAITING;
        v->due = now() + pause_ms(v) * 1000000;
        heap_push(v);
    }
}

static void ask(struct viewer *v) {
    const struct group *g = &groups[v->group];
    char path[2 * PATH_SIZE], request[2 * PATH_SIZE + 512];
    size_t used = (size_t)snprintf(path, sizeof path, "%s", g->path);
    if (*g->from) {
        int count = 1, wanted;
        const char *one = g->from;
        for (const char *c = g->from; *c; c++) count += *c == '+';
        for (wanted = (int)(v->number % (uint32_t)count); wanted; wanted--) one = strchr(one, '+') + 1;
        used += (size_t)snprintf(path + used, sizeof path - used, "&from=%.*s", (int)strcspn(one, "+"), one);
    }
    const struct position *at = nodes[v->node].at;
    for (int c = 0; c < g->channel_count; c++) v->fresh |= at[c].epoch == 0;
    for (int c = 0; nodes[v->node].parent && c < g->channel_count; c++)
        if (at[c].epoch)
            used += (size_t)snprintf(path + used, sizeof path - used, "&since=%s.%ld", name_text(at[c].epoch), at[c].seq);
        else
            used += (size_t)snprintf(path + used, sizeof path - used, "&since=");
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, server_port,
        g->deflate ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "");
    ssize_t sent = send(v->fd, request, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == length) {
        v->phase = ASKED;
        watch(v, EPOLL_CTL_MOD, EPOLLIN);
    } else if (sent >= 0 || errno != EAGAIN) {
        v->code = 1006;
        ended(v);
    }
}

void viewer_start(struct viewer *v, long long at) {
    struct group *g = &groups[v->group];
    int on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + v->number % ADDRESSES);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)server_port);
    v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (v->fd < 0) fail("socket");
    setsockopt(v->fd, IPPROTO_IP, IP_BIND_LATE, &on, sizeof on);
    setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (g->receive_buffer) setsockopt(v->fd, SOL_SOCKET, SO_RCVBUF, &g->receive_buffer, sizeof g->receive_buffer);
    if (bind(v->fd, (struct sockaddr *)&from, sizeof from)) fail("bind");
    v->phase = CONNECTING, v->code = 1006, v->history = 0, v->retry_ms = -1, v->began = at, v->fresh = 0;
    g->in_flight++;
    watch(v, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
    if (connect(v->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) ended(v);
    else ask(v); /* over loopback the connection is there by now */
}

static void fault(struct viewer *v, const char *why) {
    groups[v->group].faults++;
    groups[v->group].fault = why;
}

static void close_frame(struct viewer *v, const unsigned char *body, size_t size) {
    unsigned char answer[8] = {0x88, 0x82, 0, 0, 0, 0, 3, 0xe8};
    v->code = size >= 2 ? (uint16_t)(body[0] << 8 | body[1]) : 1005;
    if (size >= 2) answer[6] = body[0], answer[7] = body[1];
    send(v->fd, answer, sizeof answer, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(v->fd, SHUT_WR);
}

static void message(struct viewer *v, int compressed, const unsigned char *body, size_t size, long long at) {
    struct group *g = &groups[v->group];
    const char *why = NULL;
    uint32_t text, to;
    if (compressed) {
        uint32_t none = 0;
        if (!v->bits) return fault(v, "a compressed message where none was agreed");
        text = inflated(v->takeover ? &v->history : &none, v->bits, body, size);
        if (text == FAULT) return fault(v, "a compressed message that cannot be inflated");
        to = text_step(v->node, text, &why);
        g->compressed++;
    } else {
        to = plain_step(v->node, body, size, &text, &why);
    }
    if (to == FAULT) return fault(v, why);
    v->node = to;
    struct text *t = &texts[text];
    if (t->kind == BYE) {
        g->byes++;
        v->retry_ms = t->retry_ms;
        return;
    }
    if (t->kind == OTHER) {
        g->others++;
        return;
    }
    if (t->kind == SNAPSHOT) g->snapshots++;
    if (t->kind == DELTA) g->deltas++;
    if (v->fresh && t->kind == SNAPSHOT) { /* what was before it came is no delivery */
        v->fresh = 0;
        spread_add(&g->snapshot, at - v->began);
        g->joined_at = at;
        return;
    }
    if (t->sent) spread_add(&g->age, at - t->sent);
    struct arrival *a = &t->arrived[v->group];
    if (!a->count++) a->first = at;
    if (a->count == g->count - g->count / 100) a->most = at;
    a->last = at;
}

/* The head of the answer to the handshake; what of it was taken, or 0 when it has not all come. */
static size_t opened(struct viewer *v, unsigned char *data, size_t size, long long at) {
    struct group *g = &groups[v->group];
    unsigned char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t length = (size_t)(end + 4 - data);
    g->in_flight--;
    if (length < 13 || memcmp(data, "HTTP/1.1 101", 12)) {
        const char *later = memmem(data, length, "Retry-After: ", 13);
        v->code = (uint16_t)(length > 12 ? atoi((char *)data + 9) : 1002);
        v->retry_ms = later ? 1000 * atol(later + 13) : -1;
        v->phase = GONE;
        return size;
    }
    char *extension = memmem(data, length, "permessage-deflate", 18);
    char *bits = memmem(data, length, "server_max_window_bits=", 23);
    v->bits = (uint8_t)(!extension ? 0 : bits ? atoi(bits + 23) : 15);
    v->takeover = !memmem(data, length, "server_no_context_takeover", 26);
    v->phase = OPEN, v->tries = 0;
    g->open++, g->joins++;
    g->joined_at = at;
    spread_add(&g->handshake, at - v->began);
    return length;
}

/* Take what is complete off the front; how many bytes that is. */
static size_t frames(struct viewer *v, unsigned char *data, size_t held, long long at) {
    struct group *g = &groups[v->group];
    size_t done = 0;
    while (held - done >= 2) {
        unsigned char *f = data + done;
        size_t size = f[1] & 0x7f, head = 2;
        if (size == 126) head = 4;
        if (size == 127) head = 10;
        if (held - done < head) break;
        if (size == 126) size = (size_t)f[2] << 8 | f[3];
        else if (size == 127) for (size = 0, head = 2; head < 10; head++) size = size << 8 | f[head];
        if (head + size > BUFFER) fail("a frame is too large for this client");
        if (held - done < head + size) break;
        switch (f[0]) {
        case 0x81: message(v, 0, f + head, size, at); break;
        case 0xc1: message(v, 1, f + head, size, at); break;
        case 0x88: close_frame(v, f + head, size); break;
        case 0x89: g->pings++; send(v->fd, "\x8a\x80mask", 6, MSG_NOSIGNAL | MSG_DONTWAIT); break;
        case 0x8a: break;
        default: fault(v, "a frame that no server of this protocol sends");
        }
        g->bytes += (long)(head + size);
        done += head + size;
    }
    return done;
}

void viewer_ready(struct viewer *v, uint32_t events) {
    if (v->fd < 0) return; /* closed by a command of this very round */
    if (v->phase == CONNECTING) {
        if (events & EPOLLOUT && !(events & (EPOLLERR | EPOLLHUP))) ask(v);
        else ended(v);
        return;
    }
    size_t held = v->held_size;
    if (held) memcpy(buffer, v->held, held);
    ssize_t got = recv(v->fd, buffer + held, BUFFER - held, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) ended(v);
        return;
    }
    long long at = now();
    size_t done = 0;
    held += (size_t)got;
    if (v->phase == ASKED) {
        done = opened(v, buffer, held, at);
        if (v->phase == GONE) {
            ended(v);
            return;
        }
    }
    if (v->phase == OPEN) done += frames(v, buffer + done, held - done, at);
    if (held - done != v->held_size || held - done) {
        if (held == done) {
            free(v->held);
            v->held = NULL;
        } else {
            v->held = more(v->held, held - done);
            memcpy(v->held, buffer + done, held - done);
        }
        v->held_size = (uint32_t)(held - done);
    }
}

void viewer_close(struct viewer *v) {
    v->goes = 1;
    if (v->phase == CONNECTING || v->phase == ASKED || v->phase == OPEN) {
        v->code = 1001;
        ended(v);
    }
    v->phase = GONE;
}

void viewer_stall(struct viewer *v, int stalled) {
    if (v->phase != OPEN) return;
    v->stalled = (uint8_t)stalled;
    watch(v, EPOLL_CTL_MOD, stalled ? 0 : EPOLLIN);
}
