import CLinux
import CUV

/// Fetches a part of a file from the disk on libuv's thread pool, so that sending it from the loop does not wait for the
/// disk. Those threads wait for the disk, never for a client. Used only on the loop's thread.
final class FileWarmer {
    private let request: UnsafeMutablePointer<uv_work_t>
    private let region: FileRegion
    private var completion: (() -> Void)?

    private init(_ region: FileRegion, completion: @escaping () -> Void) {
        request = .allocate(capacity: 1)
        self.region = region
        self.completion = completion
    }

    deinit { request.deallocate() }

    /// Whether the region's bytes are in memory. Only both ends are checked: read-ahead fills what is between them.
    static func isInMemory(_ region: FileRegion) -> Bool {
        guard region.length > 0 else { return true }
        let last = region.offset + region.length - 1
        return darkroom_is_in_memory(region.descriptor, off_t(region.offset)) == 1
            && darkroom_is_in_memory(region.descriptor, off_t(last)) == 1
    }

    /// Reads `region` into the system's memory and calls `completion` on the loop; at once if that cannot be had. The
    /// region keeps its file open until then.
    static func fetch(_ region: FileRegion, on loop: EventLoop, completion: @escaping () -> Void) {
        let warmer = FileWarmer(region, completion: completion)
        warmer.request.pointee.data = Unmanaged.passRetained(warmer).toOpaque()
        let started = uv_queue_work(
            loop.loop, warmer.request,
            { request in
                guard let data = request?.pointee.data else { return }
                let region = Unmanaged<FileWarmer>.fromOpaque(data).takeUnretainedValue().region
                darkroom_fetch(region.descriptor, off_t(region.offset), region.length)
            },
            { request, _ in
                guard let data = request?.pointee.data else { return }
                let warmer = Unmanaged<FileWarmer>.fromOpaque(data).takeRetainedValue()
                // This may be the last reference to the file.
                OutgoingFile(warmer.region).release()
                warmer.completion.take()?()
            })
        if started < 0 {
            Unmanaged.passUnretained(warmer).release()
            completion()
        }
    }
}
