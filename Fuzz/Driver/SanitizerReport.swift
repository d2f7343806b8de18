import Foundation

/// A report of the address sanitizer.
struct SanitizerReport {
    /// Where the fault was found. FFmpeg's libraries are not instrumented: only what passes through the allocator and the
    /// copying functions of the C library is detected there.
    enum Place: String {
        case ours, libraries
    }

    /// The environment of inspecting processes. Leaks are not detected: Swift's runtime and the libraries keep what they
    /// initialise once. An allocation that is too large must fail rather than end the process.
    static let environment = [
        "ASAN_OPTIONS":
            "detect_leaks=0:quarantine_size_mb=64:allocator_may_return_null=1:handle_abort=1:handle_sigill=1:handle_sigfpe=1:handle_sigtrap=1"
    ]

    /// The kind of fault and the function.
    let summary: String
    /// Whether the fault is ours.
    let place: Place

    private static let libraries = ["/libav", "/libsw", "/libdav1d", "/libvpx", "/libx26", "/libopus", "/libvorbis"]
    private static let ignoredFunctions = [
        "__asan", "__interceptor", "__sanitizer", "memcpy", "memmove", "memset", "malloc", "free", "realloc",
        "posix_memalign", "calloc",
    ]

    /// Parses the first report in the output of a process; `nil` when there is none.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let head = lines.firstIndex(where: { $0.contains("ERROR: AddressSanitizer") }) else { return nil }
        let frames = lines[head...].drop { !$0.hasPrefix("#0") }.prefix { $0.hasPrefix("#") }
        let faulty = frames.first { frame in
            let function = frame.split(separator: " ").dropFirst(3).first ?? ""
            return !Self.ignoredFunctions.contains { function.hasPrefix($0) }
        }
        place = faulty.map { frame in Self.libraries.contains { frame.contains($0) } } == true ? .libraries : .ours
        let kind = lines[head].components(separatedBy: "AddressSanitizer: ").last?.split(separator: " ").first ?? "?"
        summary = "\(kind) in \(faulty?.components(separatedBy: " in ").last ?? "an unknown place")"
    }
}
