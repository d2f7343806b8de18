/// The beginning of a file, by which its type is detected.
enum SniffedHead {
    /// The maximum number of bytes that are examined; a shorter head is the whole file.
    static let maximumLength = 4096
}
