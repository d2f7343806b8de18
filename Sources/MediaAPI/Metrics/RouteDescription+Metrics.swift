import OpenAPI

extension RouteDescription {
    static let metrics = RouteDescription(
        "metrics", "Operation", "All metrics, for Prometheus",
        responses: [ResponseContent(200, "The metrics.", .string, type: "text/plain")])
}
