import HTTPServer

extension HTTPRequest {
    /// The name of a field that says who sends the request, and that is there more than once; `nil` where there is none. A proxy may read
    /// another one of them than this service does. Fields of the same name may have been joined to a list (RFC 9110 section 5.3).
    var ambiguousField: String? {
        if headers.values(of: "Authorization").count > 1 { return "Authorization" }
        let users = headers.values(of: "X-On-Behalf-Of")
        return users.count > 1 || users.contains { $0.utf8.contains(UInt8(ascii: ",")) } ? "X-On-Behalf-Of" : nil
    }
}
