import ChatBridge
import Configuration
import Foundation
import MediaAPI

/// `darkroom token`: prints a token signed with the service's secret.
enum TokenCommand: Command {
    static let name = "token"
    static let summary = "print a token for a user, or for the chat server itself"
    static let usage = "(--user ID | --service) [--visitor] [--name NAME] [--expires SECONDS] [--data DIR]"
    static let options: [Arguments.Option] = [
        .init("--user", "ID", "the user that the token names"),
        .init("--name", "NAME", "the user's name, as messages show it"),
        .init("--visitor", nil, "the user is a visitor (50 messages a day)"),
        .init("--service", nil, "a service token for the chat server: for the native API, and to act for any user"),
        .init(
            "--expires", "SECONDS", "after how long it expires (default 86400); 0 for a service token that never does"),
        .init("--data", "DIR", "the service's data folder (default ./data), where its secret is"),
    ]
    static let notes = """
        The token is signed with JWT_SECRET or the first secret of JWT_SECRET_FILE if one is set, otherwise with the secret in the data folder.

        examples:
          TOKEN=$(darkroom token --user alice --name "Alice")
          curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/bananatalk/api/v1/messages/video-config
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        let isService = arguments.has("--service")
        guard arguments["--user"] == nil || !isService else {
            throw UsageError("--user and --service exclude each other: a service token is the chat server's own")
        }
        guard let subject = arguments["--user"] ?? (isService ? "service" : nil), !subject.isEmpty else {
            throw UsageError("say for whom the token is: --user ID, or --service")
        }
        guard ChatIdentifier.isValid(subject) else {
            throw UsageError(
                "--user takes an id of 1 to \(ChatIdentifier.maximumBytes) bytes in normal form C, without control characters "
                    + "and invisible characters: the service would reject this one")
        }
        guard let lifetime = Int(arguments["--expires"] ?? "86400"), lifetime > 0 || lifetime == 0 && isService else {
            throw UsageError("--expires takes a number of seconds, and 0 only with --service")
        }
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        guard let secret = try settings.tokens.secrets().first ?? Secret.existing(in: settings.data.path) else {
            throw SettingError(
                .data,
                "\(settings.data.path) has no secret: start the service on it once, or set JWT_SECRET to the service's")
        }
        let token = TokenSigner(secret: Array(secret.utf8)).token(
            subject: subject, name: arguments["--name"], isVisitor: arguments.has("--visitor"), isService: isService,
            issued: Date(), lifetime: lifetime == 0 ? nil : TimeInterval(lifetime))
        print(token)
        return .success
    }
}
