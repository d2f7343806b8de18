import Foundation

/// The peak resident memory of a process, in kilobytes (`VmHWM` of proc(5)).
func peakMemory(of process: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
}

/// Resets the peak of this process to its current memory (5 in `clear_refs` of proc(5)).
func resetPeakMemory() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

/// Writes a line to standard output at once, whatever it is connected to.
func printLine(_ line: some CustomStringConvertible) {
    try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
}
