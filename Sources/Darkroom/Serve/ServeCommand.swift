import Foundation

/// `darkroom serve`: the service.
enum ServeCommand: Command {
    static let name = "serve"
    static let summary = "run the service"
    static let usage = "[--listen HOST:PORT] [--data DIR] [OPTIONS]"
    static var options: [Arguments.Option] { [] }
    static let notes = ""
    static func run(_ arguments: Arguments) async throws -> Int32 { 0 }
}
