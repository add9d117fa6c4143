/* The accept loop: wait, accept, hand the connection to libfcgi, answer, close. */
#include "responder.h"

#include "delivery.h"
#include "log.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct responder {
    struct responder_context context;
    int listen_fd, epoll_fd, stop_fd;
    pthread_mutex_t accepting; /* held while waiting and accepting, never while a byte is read */
    size_t thread_count;
    pthread_t threads[];
};

static bool watch(int epoll_fd, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Waits for a connection; -1 when the child is to stop, -2 when another child took it. */
static int accept_one(struct responder *responder)
{
    struct epoll_event events[2];
    int fd = -2, count;

    pthread_mutex_lock(&responder->accepting);
    do
        count = epoll_wait(responder->epoll_fd, events, 2, -1);
    while (count < 0 && errno == EINTR);
    for (int i = 0; i < count && fd != -1; i++) {
        if (events[i].data.fd == responder->stop_fd)
            fd = -1;
    }
    if (fd != -1) {
        fd = accept4(responder->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                (void)usleep(10000); /* the connection stays in the queue: no busy loop until it can be taken */
            fd = -2;
        }
    }
    pthread_mutex_unlock(&responder->accepting);
    return fd;
}

static void set_timeouts(int fd, int64_t timeout_ms)
{
    struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

/* Serves the one request of a connection, and closes it. libfcgi takes a connection over when it looks like one that
 * was kept alive; it sets keepConnection anew from the request's own flag. */
static void serve(struct responder *responder, struct batcher_item **item, int fd)
{
    FCGX_Request request;

    set_timeouts(fd, responder->context.config->io_timeout_ms);
    if (FCGX_InitRequest(&request, -1, 0) != 0) {
        (void)close(fd);
        return;
    }
    request.keepConnection = 1;
    request.ipcFd = fd;
    /* After a peer that went away this is 0 with an empty environment: delivery_handle finds no method in it. */
    if (FCGX_Accept_r(&request) == 0) {
        if (FCGX_GetError(request.in) == 0)
            delivery_handle(&responder->context, &request, item);
        request.keepConnection = 0;
        FCGX_Finish_r(&request);
    }
    FCGX_Free(&request, 1);
}

static void *run(void *argument)
{
    struct responder *responder = argument;
    struct batcher_item *item = NULL;
    int fd;

    while ((fd = accept_one(responder)) != -1)
        if (fd >= 0)
            serve(responder, &item, fd);
    batcher_item_free(item);
    return NULL;
}

static void free_responder(struct responder *responder)
{
    if (responder->epoll_fd >= 0)
        (void)close(responder->epoll_fd);
    if (responder->stop_fd >= 0)
        (void)close(responder->stop_fd);
    free(responder);
}

struct responder *responder_start(const struct responder_context *context, int listen_fd)
{
    size_t threads = (size_t)context->config->threads;
    struct responder *responder = calloc(1, sizeof *responder + threads * sizeof(pthread_t));
    int flags = fcntl(listen_fd, F_GETFL);

    if (responder == NULL)
        return NULL;
    responder->context = *context;
    responder->listen_fd = listen_fd;
    responder->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    responder->stop_fd = eventfd(0, EFD_CLOEXEC);
    (void)pthread_mutex_init(&responder->accepting, NULL);
    if (responder->epoll_fd < 0 || responder->stop_fd < 0 || flags < 0 ||
        fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        !watch(responder->epoll_fd, listen_fd, EPOLLIN | EPOLLEXCLUSIVE) ||
        !watch(responder->epoll_fd, responder->stop_fd, EPOLLIN)) {
        free_responder(responder);
        return NULL;
    }
    for (; responder->thread_count < threads; responder->thread_count++)
        if (pthread_create(&responder->threads[responder->thread_count], NULL, run, responder) != 0)
            break;
    if (responder->thread_count == threads)
        return responder;
    responder_stop(responder);
    return NULL;
}

void responder_stop(struct responder *responder)
{
    uint64_t one = 1;

    if (responder == NULL)
        return;
    while (write(responder->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    for (size_t i = 0; i < responder->thread_count; i++)
        (void)pthread_join(responder->threads[i], NULL);
    (void)pthread_mutex_destroy(&responder->accepting);
    free_responder(responder);
}
