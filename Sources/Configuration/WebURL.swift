import Foundation

/// Web addresses in settings.
public enum WebURL {
    /// Whether `text` is an http or https URL with a host, and without a query or fragment.
    public static func isValid(_ text: String) -> Bool {
        guard let url = URLComponents(string: text) else { return false }
        return ["http", "https"].contains(url.scheme) && url.host?.isEmpty == false && url.query == nil
            && url.fragment == nil
    }
}
