/// What the program exits with.
enum ExitCode: Int32, CaseIterable {
    case success = 0
    case failure = 1
    case wrongUsage = 2
    /// EX_TEMPFAIL of sysexits.h.
    case dataInUse = 75
    /// EX_CONFIG of sysexits.h.
    case wrongSettings = 78
    /// 128 and the number of SIGINT.
    case interrupted = 130

    /// When the program exits with it.
    var meaning: String {
        switch self {
        case .success: "everything that was asked for was done"
        case .failure: "it failed, or a part of it did; standard error says why"
        case .wrongUsage: "the command line is not valid"
        case .dataInUse: "another service, backup or migration uses the data folder"
        case .wrongSettings: "a setting is not valid: starting again without a change will not help"
        case .interrupted: "a signal interrupted it; what was done stays done"
        }
    }
}
