import Glibc

/// Standard error, for what a command says to its user.
public enum StandardError {
    /// Writes `text`. What cannot be written is dropped: the disk is full, or its reader has ended.
    public static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            start += max(count, 0)
        }
    }
}
