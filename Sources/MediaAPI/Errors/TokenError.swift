/// Why a token was rejected. The reason is logged; the caller receives the same error for all of them.
package enum TokenError: String, Error {
    case missing, malformed, wrongAlgorithm, wrongSignature, expired, notYetValid, anonymous
}
