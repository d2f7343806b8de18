/// Reads ranges of a file that is elsewhere: an object in a store, or a file of another process.
///
/// It is called on the inspecting thread, which it may block for as long as its own limits allow.
public protocol RangeReading: Sendable {
    /// Reads at least one byte and at most as many as `buffer` holds from `offset`, which is less than the file's size.
    /// - Throws: ``FFmpegError/Code/io`` when the bytes cannot be read, ``FFmpegError/Code/deadline`` when reading them takes too
    ///   long, and ``FFmpegError/Code/missingBytes`` when more bytes would be read than is allowed.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int
}
