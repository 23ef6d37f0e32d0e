#!/usr/bin/env node
// In the image's PATH as `ops`: kubectl exec deploy/city311-intake -- ops doctor
await import('../../services/all/dist/src/ops/main.js');
