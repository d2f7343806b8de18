import Concurrency
import Configuration
import Foundation
import HTTPServer
import ObjectStore

/// `darkroom bucket`: prepares the bucket for the service.
enum BucketCommand: Command {
    static let name = "bucket"
    static let summary = "check the bucket and let pages of browsers upload to it"
    static let usage = "setup [--origins LIST]"
    static let options: [Arguments.Option] = [
        .init(
            "--origins", "LIST",
            "origins of the pages that upload directly or read files, separated by commas\n(default DARKROOM_CORS_ORIGINS)"
        )
    ]
    static let notes = """
        Checks that the bucket exists and can be used, and gives it a CORS rule with the name "darkroom": pages of these origins
        may put files to URLs of direct uploads, and read files. Other rules of the bucket stay as they are. It needs the rights
        s3:GetBucketCORS and s3:PutBucketCORS, which the service itself does not.

        Reads the service's settings of the bucket from the environment (see darkroom serve --help).

        example:
          darkroom bucket setup --origins https://chat.example.org,https://admin.example.org
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands == ["setup"] else { throw UsageError("say what to do: darkroom bucket setup") }
        let settings = try Settings(SettingsReader(environment: ProcessInfo.processInfo.environment))
        guard let bucket = settings.bucket else {
            throw SettingError(variable: "DARKROOM_S3_BUCKET", problem: "is not set: there is no bucket to set up")
        }
        let origins = try origins(arguments["--origins"], settings)
        let store = try S3Store(bucket.store, threads: ThreadPool(name: "object-store", threads: 1))
        try await store.check()
        try await store.setCORSRule(BucketCORSRule(forPagesOf: origins))
        print("\(bucket.store.bucket): pages of \(origins.joined(separator: ", ")) may upload and read files")
        return .success
    }

    private static func origins(_ list: String?, _ settings: Settings) throws(UsageError) -> [String] {
        guard let list else {
            switch settings.server.cors?.origins {
            case .listed(let origins): return origins.sorted()
            case .any: return ["*"]
            case nil: throw UsageError("name the origins of your pages: --origins https://chat.example.org")
            }
        }
        var origins: [String] = []
        for text in list.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            guard let origin = text == "*" ? text : CORSPolicy.origin(text) else {
                throw UsageError("'\(text)' is not of the form https://chat.example.org")
            }
            origins.append(origin)
        }
        guard !origins.isEmpty else { throw UsageError("--origins names none") }
        return origins
    }
}
