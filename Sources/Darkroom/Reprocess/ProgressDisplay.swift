import ChatBridge
import Foundation
import Glibc
import Jobs
import Logging

/// Shows the progress of a job on the standard error: a bar on a terminal, a line every few seconds elsewhere.
struct ProgressDisplay {
    private static let plainInterval = 5.0
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var progress: JobProgress
    private var lastPlain: Double

    init(_ counts: MediaJob.Counts) {
        progress = JobProgress(counts, at: Self.time)
        lastPlain = Self.time
    }

    /// Shows `counts` until the task is cancelled.
    mutating func show(_ counts: () -> MediaJob.Counts) async {
        while !Task.isCancelled {
            update(counts())
            try? await Task.sleep(for: .milliseconds(200))
        }
        // Clears the bar, so that further output starts on an empty line.
        if isTerminal { write("\r\u{1B}[K") }
    }

    private mutating func update(_ counts: MediaJob.Counts) {
        progress.update(counts, at: Self.time)
        let line = ProgressLine(progress: progress)
        if isTerminal {
            write("\r" + line.bar(columns: Self.columns) + "\u{1B}[K")
        } else if Self.time - lastPlain >= Self.plainInterval {
            lastPlain = Self.time
            write(line.plain + "\n")
        }
    }

    private func write(_ text: String) { StandardError.write(text) }

    private static var time: Double { ProcessInfo.processInfo.systemUptime }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
