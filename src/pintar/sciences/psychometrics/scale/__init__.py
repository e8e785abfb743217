"""One scale: `linking` brings a calibration onto another's, `latent` and `gain` measure groups and their change on it,
`persons` that of one person."""
