/* One viewer's connection: connect, handshake, what comes in, how it ends.
 *
 * A viewer has no buffer of its own unless a frame came in parts. 4400, 4404, 1009 and refusals that are its own fault are for
 * ever; from all other ends it comes back where its group does (waiting.c).
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

enum { ADDRESSES = 16, IP_BIND_LATE = 24 /* IP_BIND_ADDRESS_NO_PORT */ };

static unsigned char buffer[BUFFER];

static void watch(struct viewer *v, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = v};
    if (epoll_ctl(poll_fd, how, v->fd, &event)) fail("epoll_ctl");
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
        waiting_add(v);
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
    int holds = 0;
    for (int c = 0; c < g->channel_count; c++) {
        int epoch = nodes[v->at[c]].at.epoch;
        holds |= epoch != 0, v->fresh |= epoch == 0;
    }
    for (int c = 0; holds && c < g->channel_count; c++) {
        struct position at = nodes[v->at[c]].at;
        if (at.epoch)
            used += (size_t)snprintf(path + used, sizeof path - used, "&since=%s.%ld", name_text(at.epoch), at.seq);
        else
            used += (size_t)snprintf(path + used, sizeof path - used, "&since=");
    }
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
    if (v->phase == OPEN) done += frames_read(v, buffer + done, held - done, at);
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
