import Configuration
import Foundation
import HTTPServer
import MediaAPI

/// `darkroom console`: prints a link that opens the console once.
enum ConsoleCommand: Command {
    static let name = "console"
    static let summary = "print a link that opens the console in a browser"
    static let usage = "[--data DIR] [--listen HOST:PORT] [--public-url URL]"
    static let options: [Arguments.Option] = [
        .init("--data", "DIR", "the service's data folder (default ./data), where its secret is"),
        .init("--listen", "HOST:PORT", "where the service listens (default 127.0.0.1:8080)"),
        .init("--public-url", "URL", "the URL at which the browser reaches the service"),
    ]
    static let notes = """
        The link can be used once, within 5 minutes. Who opens it may do what a service token may, for 12 hours: with a link, nobody
        has to copy a token. It is signed with JWT_SECRET or the first secret of JWT_SECRET_FILE if one is set, otherwise with the secret in the data folder.
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        guard settings.api.hasConsole else { throw SettingError(.console, "the console is switched off") }
        guard let secret = try settings.tokens.secrets().first ?? Secret.existing(in: settings.data.path) else {
            throw SettingError(
                .data,
                "\(settings.data.path) has no secret: start the service on it once, or set JWT_SECRET to the service's")
        }
        let code = ConsoleLink(secret: Array(secret.utf8)).code(now: Date())
        // The part behind # stays in the browser.
        print(
            "\(settings.baseURL(boundTo: SocketAddress(host: settings.server.host, port: settings.server.port)))/console/#link=\(code)"
        )
        return .success
    }
}
