import CLinux
import Dispatch

/// Memory that was freed and that the allocator keeps: after a peak that would be most of it, for as long as the process runs.
public enum FreedMemory {
    /// How much is kept for later, in bytes.
    static let kept = 64 << 20
    /// How often is checked whether there is more.
    private static let interval = Duration.seconds(15)

    /// Gives back to the system what is freed beyond some tens of megabytes, from time to time, until the task is cancelled.
    public static func giveBackRegularly() async {
        while (try? await Task.sleep(for: interval, tolerance: .seconds(5))) != nil {
            // Other threads may wait for the allocator meanwhile, some milliseconds for each gigabyte; no task does.
            await withCheckedContinuation { continuation in
                DispatchQueue.global(qos: .utility).async {
                    giveBack()
                    continuation.resume()
                }
            }
        }
    }

    /// Gives back what is freed beyond ``kept``.
    static func giveBack() { _ = darkroom_give_back_freed_memory(kept) }
}
