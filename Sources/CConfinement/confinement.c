#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The C library has it, and declares it nowhere. */
int capset(cap_user_header_t header, const cap_user_data_t data);

/*
 * Swift lets nobody fork, and posix_spawn neither limits a child nor takes anything from it before its program runs. What
 * stands between fork and exec is safe in a child of a process with several threads: it allocates nothing and takes no lock.
 */

/* Makes a limit lower, never higher. */
static int linux_lower_limit(int resource, rlim_t most) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    if (limit.rlim_max > most) limit.rlim_max = most;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit);
}

/* Gives up what goes beyond any user's rights, for good. */
static int linux_give_rights_up(const struct linux_confinement *limits) {
    int is_root = getuid() == 0 || geteuid() == 0;
    prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
    for (unsigned long capability = 0; capability < 64; capability++) prctl(PR_CAPBSET_DROP, capability, 0UL, 0UL, 0UL);
    if (is_root) {
        /* Where root is root of a container only, which knows no other user, it loses its capabilities alone. */
        int fails = setgroups(0, NULL) != 0 && errno != EPERM;
        fails = fails || (setresgid(limits->group, limits->group, limits->group) != 0 && errno != EPERM && errno != EINVAL);
        fails = fails || (setresuid(limits->user, limits->user, limits->user) != 0 && errno != EPERM && errno != EINVAL);
        if (fails) return -1;
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (capset(&header, none) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}

/* Becomes the program, or returns with errno set. Its signals are usual ones, its descriptors the three that are given. */
static void linux_become_confined(
    const char *program, char *const arguments[], int input, int output, int errors, int report,
    const struct linux_confinement *limits) {
    static const int signals[] = {SIGPIPE, SIGINT, SIGTERM, SIGCHLD};
    for (unsigned index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    if (setpgid(0, 0) != 0) return;
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) return;
    /* The report goes with the program's beginning. */
    if (report != 3 && (dup2(report, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) != 0)) return;
    closefrom(4);
    if (linux_lower_limit(RLIMIT_DATA, limits->data) != 0 || linux_lower_limit(RLIMIT_AS, limits->address_space) != 0
        || linux_lower_limit(RLIMIT_FSIZE, limits->file_size) != 0 || linux_lower_limit(RLIMIT_CORE, 0) != 0)
        return;
    if (linux_give_rights_up(limits) != 0) return;
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return;
    execv(program, arguments);
}

int linux_spawn_confined(
    pid_t *pid, const char *program, char *const arguments[], int input, int output, int errors,
    const struct linux_confinement *limits) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    /* Not 0, 1 or 2, which the child replaces. */
    int report = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
    int code = report < 0 ? errno : 0;
    close(ends[1]);
    if (report < 0) {
        close(ends[0]);
        return code;
    }
    /* No handler of ours runs in the child. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        linux_become_confined(program, arguments, input, output, errors, report, limits);
        code = errno;
        /* The report is at one of both places; nothing can be done where it cannot be written. */
        if (write(3, &code, sizeof code) < 0 && write(report, &code, sizeof code) < 0) _exit(126);
        _exit(127);
    }
    if (child < 0) code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report);
    if (child > 0) {
        ssize_t count;
        do count = read(ends[0], &code, sizeof code);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof code) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        } else {
            code = 0;
            *pid = child;
        }
    }
    close(ends[0]);
    return code;
}
