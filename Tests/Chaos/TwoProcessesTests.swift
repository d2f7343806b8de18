import Testing

/// What `two_processes.py` adds to its report.
struct TwoProcessesReport: Decodable {
    let folder: String
    /// How each second process ended.
    let seconds: [ExitStatus]

    struct ExitStatus: Decodable {
        /// The exit status; `nil` for a process that served.
        let status: Int?
        let words: String
    }
}

@Suite("Two processes on one folder")
struct TwoProcessesTests {
    @Test("a second process on a data folder ends and names the folder, and the first loses nothing")
    func second() async throws {
        let count = ChaosRun.count("CHAOS_STARTS", short: 5)
        let report: RunReport<TwoProcessesReport> = try await ChaosRun.report(
            "two_processes.py", [String(count), String(ChaosRun.seed)])
        #expect(report.seconds.count == count)
        for second in report.seconds {
            #expect((second.status ?? 0) != 0 && second.words.contains(report.folder), "\(second.words)")
        }
        report.expectNothingLost()
        #expect(report.refused == [:], "\(report.words)")
    }
}
