import CLinux
import Foundation

/// Starts a thread that the system shows as `name` (its first 15 bytes, as Linux keeps no more).
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
        darkroom_set_thread_name(String(decoding: name.utf8.prefix(15), as: UTF8.self))
        body()
    }
    // Decoders want more than the 64 KB that a secondary thread may get.
    thread.stackSize = 2 << 20
    thread.start()
}

/// The name of the thread that calls.
func currentThreadName() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { name in
        darkroom_get_thread_name(name.baseAddress!)
        return String(cString: name.baseAddress!)
    }
}
