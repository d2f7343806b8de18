/// Takes the bytes that a muxer writes. A muxer may write over what it wrote before.
///
/// It is called on the thread of the muxer, which it may block.
public protocol ByteSink: AnyObject {
    /// Writes `bytes` from `offset`.
    /// - Throws: ``FFmpegError/Code/io`` when they cannot be written, ``FFmpegError/Code/limit`` beyond the most that is taken.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FFmpegError)
}
