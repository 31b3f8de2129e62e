import CLinux

/// The C library's allocator of memory.
public enum Allocator {
    /// Big buffers go back to the system as soon as they are freed.
    ///
    /// By itself the allocator learns, from the first one freed, to keep such in its heap, which gets full of holes: with
    /// many streams stalled within large messages it would take a fifth more than the limit of memory.
    public static func returnBigBuffers() {
        // The default, but fixed.
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
    }
}
