import HTTPServer

/// The list of all codes of errors: docs/errors.md.
package enum ErrorList {
    /// The list as Markdown.
    package static var markdown: String {
        let rows = APIError.meanings.map { known in
            let status = known.code == .clientGone ? "" : String(known.code.status.rawValue)
            return "| `\(known.code.rawValue)` | \(status) | \(known.meaning) |"
        }
        return """
            # Error codes

            The codes of the native API's errors, with their statuses. A chat system has an envelope, codes and sometimes statuses of its \
            own; its page says which differ from these. This page is the output of `darkroom openapi errors`.

            | code | status | when |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}
