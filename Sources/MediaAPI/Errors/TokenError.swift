/// Why a token was rejected.
package enum TokenError: String, Error, CustomStringConvertible {
    case missing, malformed, wrongAlgorithm, wrongSignature, unknownKey, unknownServiceKey, expired, notYetValid
    case anonymous, foreign, withdrawn

    /// What is wrong with the token, for its bearer: letters and spaces only, as `error_description` of RFC 6750 has it.
    package var description: String {
        switch self {
        case .missing: "There is no token"
        case .malformed: "The token is not a JSON Web Token in compact form"
        case .wrongAlgorithm: "The token is signed by an algorithm for which no key is configured"
        case .wrongSignature: "The signature of the token does not match"
        case .unknownKey: "The token is signed by a key that is not known"
        case .unknownServiceKey: "The service key is not known"
        case .expired: "The token has expired"
        case .notYetValid: "The token is not valid yet"
        case .anonymous: "The token names no user"
        case .foreign: "The token is from another issuer or for another audience"
        case .withdrawn: "The account of the token has been deleted"
        }
    }
}
