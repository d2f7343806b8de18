import CUV

/// One `sendfile` at a time on libuv's thread pool, so that a slow disk never holds up a loop. Used on the loop's
/// thread alone.
final class FileSender {
    private let request: UnsafeMutablePointer<uv_fs_t>
    private var completion: ((Int) -> Void)?

    private init(completion: @escaping (Int) -> Void) {
        request = .allocate(capacity: 1)
        self.completion = completion
    }

    deinit { request.deallocate() }

    /// Copies up to `count` bytes at `offset` of `file` to `socket`; then `completion` gets the number of bytes, 0 at
    /// the file's end, or a negative `errno`. Both descriptors must stay open until then.
    static func send(
        file: Int32, offset: Int, count: Int, to socket: Int32, on loop: EventLoop,
        completion: @escaping (Int) -> Void
    ) {
        let sender = FileSender(completion: completion)
        sender.request.pointee.data = Unmanaged.passRetained(sender).toOpaque()
        let started = uv_fs_sendfile(loop.loop, sender.request, socket, file, Int64(offset), count) { request in
            guard let request, let data = request.pointee.data else { return }
            let sender = Unmanaged<FileSender>.fromOpaque(data).takeRetainedValue()
            let result = request.pointee.result
            uv_fs_req_cleanup(request)
            sender.completion.take()?(Int(result))
        }
        if started < 0 { Unmanaged.passUnretained(sender).release() }
        if started < 0 { completion(Int(started)) }
    }
}
