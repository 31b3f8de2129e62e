import Glibc

/// Standard input, output and error.
public enum StandardDescriptors {
    /// Opens those that were closed when the program was started, so that no file of ours becomes one of them; to be
    /// called before anything is opened. Reading or writing them fails with EBADF as before: the null device is opened
    /// for what nobody does with them.
    public static func openClosed() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free, and so this one.
            _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
