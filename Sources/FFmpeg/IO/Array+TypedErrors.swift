extension [UInt8] {
    /// Calls `body` with the array's memory, and throws what `body` throws, as its type. (`withUnsafeMutableBytes` does not
    /// carry typed errors before Swift 6.1.)
    public mutating func withWritableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = withUnsafeMutableBytes { bytes in
            do throws(Failure) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
