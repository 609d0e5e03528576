/* Many viewers in one process that costs next to nothing, so that the measurement is of the server.
 *
 * fanout_client PORT PATH VIEWERS: opens VIEWERS WebSocket connections over loopback from 127.0.0.2 and on (one address
 * has 28k ports), prints "ready" when all are open, then reads frames and answers pings. Of every delta with a
 * `"sent":"<CLOCK_MONOTONIC ns>"` it notes how old it is, and per message (by `"seq":`) how old it was for the last
 * viewer. For each line on its standard input it prints one JSON object and starts anew. Frames are parsed, not trusted
 * to come one per read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 32768, MESSAGES = 1 << 16, SAMPLES = 1 << 23 };

struct viewer {
    int fd, open;
    size_t held;
    unsigned char *data;
};

static long long last[MESSAGES];
static int seen[MESSAGES];
static float samples[SAMPLES];
static long received, sampled, closed, open_viewers;

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void text(const unsigned char *body, size_t size, long long at) {
    const char *sent = memmem(body, size, "\"sent\":\"", 8), *seq = memmem(body, size, "\"seq\":", 6);
    if (!sent || !seq || !memmem(body, size, "\"delta\"", 7)) return;
    long long age = at - atoll(sent + 8);
    long number = atol(seq + 6);
    received++;
    if (sampled < SAMPLES) samples[sampled++] = (float)age / 1e6f;
    if (number >= 0 && number < MESSAGES) {
        seen[number]++;
        if (age > last[number]) last[number] = age;
    }
}

/* Take what is complete off the front of the buffer. */
static void parse(struct viewer *v, long long at) {
    size_t done = 0;
    if (!v->open) {
        unsigned char *end = memmem(v->data, v->held, "\r\n\r\n", 4);
        if (!end) return;
        if (memcmp(v->data, "HTTP/1.1 101", 12)) {
            fwrite(v->data, 1, v->held, stderr);
            exit(1);
        }
        v->open = 1;
        open_viewers++;
        done = (size_t)(end + 4 - v->data);
    }
    while (v->held - done >= 4) {
        unsigned char *f = v->data + done;
        size_t size = f[1] & 0x7f, head = 2;
        if (size == 126) size = ((size_t)f[2] << 8) | f[3], head = 4;
        if (head + size > BUFFER) fail("a frame is too large for this client");
        if (v->held - done < head + size) break;
        if ((f[0] & 0x0f) == 1) text(f + head, size, at);
        if ((f[0] & 0x0f) == 9) send(v->fd, "\x8a\x80mask", 6, MSG_NOSIGNAL);
        done += head + size;
    }
    memmove(v->data, v->data + done, v->held - done);
    v->held -= done;
}

static int connect_viewer(int port, int n) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (n % 16))};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from)) fail("bind");
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    return fd;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void report(void) {
    qsort(samples, (size_t)sampled, sizeof *samples, ascending);
    printf("{\"received\":%ld,\"closed\":%ld,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"last_ms\":[", received, closed,
        sampled ? samples[sampled / 2] : 0.0, sampled ? samples[sampled * 99 / 100] : 0.0);
    for (int i = 0, some = 0; i < MESSAGES; i++)
        if (seen[i]) printf("%s%.3f", some++ ? "," : "", (double)last[i] / 1e6);
    puts("]}");
    fflush(stdout);
    received = sampled = 0;
    memset(seen, 0, sizeof seen);
    memset(last, 0, sizeof last);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int port = atoi(argv[1]), wanted = atoi(argv[3]), told = 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    char request[1024];
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", argv[2], port);
    struct viewer *viewers = calloc((size_t)wanted, sizeof *viewers);
    int poll = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, 0, &input);

    int started = 0;
    for (;;) {
        /* A few at a time: this is not a measurement of joins. */
        while (started < wanted && started - open_viewers < 64) {
            struct viewer *v = &viewers[started++];
            v->fd = connect_viewer(port, started);
            v->data = malloc(BUFFER);
            if (send(v->fd, request, (size_t)length, 0) != length) fail("send");
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
            epoll_ctl(poll, EPOLL_CTL_ADD, v->fd, &event);
        }
        if (open_viewers == wanted && !told) {
            told = 1;
            puts("ready");
            fflush(stdout);
        }
        struct epoll_event events[512];
        int ready = epoll_wait(poll, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            struct viewer *v = events[i].data.ptr;
            if (!v) {
                char line[64];
                if (read(0, line, sizeof line) <= 0) return 0;
                report();
                continue;
            }
            ssize_t got = recv(v->fd, v->data + v->held, BUFFER - v->held, MSG_DONTWAIT);
            if (got > 0) {
                v->held += (size_t)got;
                parse(v, now());
            } else if (got == 0 || errno != EAGAIN) {
                closed++;
                epoll_ctl(poll, EPOLL_CTL_DEL, v->fd, NULL);
            }
        }
    }
}
