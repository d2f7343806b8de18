package import OpenAPI

/// How the description of an API shows its resumable uploads.
package struct ResumableDescription: Sendable {
    /// The ordinary call, as `POST /v1/media`.
    let call: String
    /// What a client says of a file, as parameters of a query; with tus it is in `Upload-Metadata`.
    let fields: [Parameter]
    /// The response of the ordinary call.
    let made: ResponseContent

    /// A description; see the properties.
    package init(of call: String, fields: [Parameter], made: ResponseContent) {
        (self.call, self.fields, self.made) = (call, fields, made)
    }

    /// The fields, as they are named in a text.
    var fieldNames: String { (["filename"] + fields.map(\.name)).map { "`\($0)`" }.joined(separator: ", ") }
}
