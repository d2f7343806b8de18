import CLinux
import Foundation

/// Starts a thread that runs `body` and ends with it.
/// - Parameters:
///   - name: the name that the system shows; Linux keeps its first 15 bytes.
///   - stackSize: in bytes. The default suits decoders, which need more than the small stack that a secondary thread may get.
public func startThread(name: String, stackSize: Int = 2 << 20, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
        darkroom_set_thread_name(String(decoding: name.utf8.prefix(15), as: UTF8.self))
        body()
    }
    thread.stackSize = stackSize
    thread.start()
}

/// The name of the calling thread.
func currentThreadName() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { name in
        darkroom_get_thread_name(name.baseAddress!)
        return String(cString: name.baseAddress!)
    }
}
