/// Whoever can read parts of a file that is elsewhere: an object in a store, a file of another process.
///
/// It is asked by the thread that inspects, which it may block for as long as its own limits allow.
public protocol RangeReading: Sendable {
    /// Reads from `offset`, which lies before the end, at most as many bytes as `buffer` holds; at least one. Throws
    /// ``FFmpegError/Code/io`` when they cannot be had, ``FFmpegError/Code/deadline`` when it would take too long, and
    /// ``FFmpegError/Code/missingBytes`` when it would be more than may be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int
}
