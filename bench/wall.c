/* The wall: the least a process can do to send one message to many sockets. Measured beside the broadcast service.
 *
 * Accepts connections, answers every request head with a fixed 101, and sends each datagram that comes in on the UDP
 * port of the same number, as one WebSocket text frame, to all connections with plain send(). No parsing, no limits, no
 * slow viewers, no state: nothing here could be left out.
 *
 * wall -> prints its port, runs until killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1 << 16, LARGEST = 1 << 16 };

static const char HELLO[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
static int viewers[MOST];
static int count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int poll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void fan_out(int feed) {
    static unsigned char frame[LARGEST + 4];
    ssize_t size = recv(feed, frame + 4, LARGEST - 1, 0);
    if (size < 126) return;
    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = (unsigned char)(size >> 8);
    frame[3] = (unsigned char)size;
    for (int i = 0; i < count; i++)
        if (send(viewers[i], frame, (size_t)size + 4, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN)
            continue;
}

int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), feed = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(door, (struct sockaddr *)&address, sizeof address) || listen(door, 4096)) fail("listen");
    getsockname(door, (struct sockaddr *)&address, &length);
    if (bind(feed, (struct sockaddr *)&address, sizeof address)) fail("bind");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int poll = epoll_create1(0);
    watch(poll, door);
    watch(poll, feed);
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == feed) {
                fan_out(feed);
            } else if (fd == door) {
                int viewer, on = 1;
                while ((viewer = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    watch(poll, viewer);
                }
            } else {
                char head[4096];
                ssize_t got = recv(fd, head, sizeof head, 0);
                if (got <= 0) {
                    close(fd);
                } else if (count < MOST && send(fd, HELLO, sizeof HELLO - 1, MSG_NOSIGNAL) > 0) {
                    viewers[count++] = fd;
                }
            }
        }
    }
}
