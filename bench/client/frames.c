/* Frames: each is taken off the buffer, checked against what the viewer holds, and counted. */
#include "crowd.h"

#include <string.h>
#include <sys/socket.h>

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
    struct step s;
    if (compressed) {
        uint32_t none = 0, text;
        if (!v->bits) return fault(v, "a compressed message where none was agreed");
        text = inflated(v->takeover ? &v->history : &none, v->bits, body, size);
        if (text == FAULT) return fault(v, "a compressed message that cannot be inflated");
        s = text_step(v->at, v->group, text);
        g->compressed++;
    } else {
        s = plain_step(v->at, v->group, body, size);
    }
    if (s.to == FAULT) return fault(v, s.why);
    if (s.channel >= 0) v->at[s.channel] = s.to;
    struct text *t = &texts[s.text];
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

/* Take what is complete off the front; how many bytes that is. */
size_t frames_read(struct viewer *v, unsigned char *data, size_t held, long long at) {
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
